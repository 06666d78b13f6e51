/** A program of its own, so that its memory goes with it: writes the table of the networks in a folder to its output. */
import { once } from 'node:events';
import { compileNetworks } from './compile-networks.ts';

const [folder = ''] = process.argv.slice(2);
const table = Buffer.from(await compileNetworks(folder));
if (!process.stdout.write(table)) await once(process.stdout, 'drain');
