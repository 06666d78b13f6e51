/** What a list's URL may be, as far as its text tells; the download looks at the address it really reaches. */
import { parseAddress, specialPurpose } from '../../base/address.ts';
import { invalidInput } from '../../base/errors.ts';

/** Answers its canonical spelling. Throws 422 with a sentence. */
export function checkUrl(text: string, { allowPrivate }: { allowPrivate: boolean }): string {
  const url = URL.parse(text);
  if (url === null) throw wrong('This is no URL. It begins with https:// or http://.');
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw wrong('Lists are fetched over https or http only.');
  if (url.username !== '' || url.password !== '')
    throw wrong('Leave user name and password out of the URL: everybody who signs in here would read them.');
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const address = parseAddress(name);
  const block = address === null ? null : specialPurpose(address);
  if (block !== null && (!allowPrivate || isLinkLocal(name)))
    throw wrong(`${name} is no address of the internet (${block}); lists are not fetched from there.`);
  if (!allowPrivate && /(^|\.)localhost\.?$/i.test(name))
    throw wrong('localhost is this very machine; lists are not fetched from there.');
  url.hash = '';
  return url.href;
}

const isLinkLocal = (name: string): boolean => name.startsWith('169.254.') || /^fe[89ab]/i.test(name);

const wrong = (message: string) => invalidInput(message, [{ field: 'body.url', message }]);
