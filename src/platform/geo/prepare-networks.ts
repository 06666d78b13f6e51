/** A program for set-up and images: compiles the networks where every start finds them, so that none has to. */
import { silentLog } from '../../base/log.ts';
import { loadBundledNetworks } from './bundled.ts';

await loadBundledNetworks({ log: silentLog, signal: new AbortController().signal });
