/** Lists that are too long to be held by single bans, with what they would cost. */
import { AppError } from '../../base/errors.ts';
import { mostBans } from './enforcement-contract.ts';

/** fail2ban bans 100 to 150 addresses in a second. */
const bansInSecond = 120;

export const tooManyBans = (entries: number): AppError =>
  new AppError(
    409,
    'blocklist_too_many_bans',
    `The lists hold ${entries.toLocaleString('en')} entries. As single bans they would keep fail2ban busy for about ${Math.ceil(entries / bansInSecond)} s at each of its starts; at most ${mostBans.toLocaleString('en')} are held so.`,
    { remedy: 'Install ipset where fail2ban runs, and choose ipset.' },
  );
