/** The endpoint that shows how a list begins, before anything of it is taken. Nothing is kept. */
import { randomUUID } from 'node:crypto';
import { open, rm, writeFile } from 'node:fs/promises';
import { constants, gunzipSync } from 'node:zlib';
import { conflict } from '../../base/errors.ts';
import type { EndpointOutput } from '../../base/endpoint.ts';
import type { Downloader } from '../../platform/download.ts';
import type { Mount } from '../../platform/http/mount.ts';
import { previewSource, type ListFormat } from './contract.ts';
import type { ListFolder } from './folder.ts';
import type { ListWork } from './list-work.ts';
import { previewLines } from './preview-lines.ts';
import { formatOf, requireSource, type RowsDeps, type SourceRow } from './source-rows.ts';

interface PreviewDeps extends RowsDeps {
  mount: Mount;
  folder: ListFolder;
  downloader: Downloader;
  work: Pick<ListWork, 'read'>;
}

const headBytes = 65_536;
/** Of a packed beginning; text packs to a tenth, attacks to a thousandth. */
const unpackedBytes = 4 * 1024 * 1024;

export function previewRoutes(deps: PreviewDeps): void {
  deps.mount(previewSource, async ({ params }, call) => {
    const source = await requireSource(deps, params.id);
    const gone = new AbortController();
    call.reply.raw.once('close', () => gone.abort());
    return preview(deps, source, gone.signal);
  });
}

interface Head {
  bytes: Buffer;
  contentType: string | null;
  complete: boolean;
}

async function preview(
  deps: PreviewDeps,
  source: SourceRow,
  signal: AbortSignal,
): Promise<EndpointOutput<typeof previewSource>> {
  const file = deps.folder.incomingFile(`preview-${randomUUID()}`);
  try {
    const head = await headOf(deps, { source, file, signal });
    const text = unpacked(head.bytes);
    await writeFile(file, head.complete ? text : text.subarray(0, text.lastIndexOf('\n') + 1 || text.length));
    const { format, looksLike } = await deps.work.read(
      { file, format: formatOf(source), setFile: `${file}.set`, previous: null, maxBytes: unpackedBytes },
      { signal, onProgress: () => {} },
    );
    const shown: ListFormat = looksLike === 'list' ? format : { kind: 'lines' };
    return {
      format: shown,
      ...previewLines(text.toString('utf8'), shown),
      entries: source.entries,
      content_type: head.contentType,
      bytes: head.complete ? head.bytes.length : null,
      fetched: source.url !== null,
    };
  } finally {
    await rm(file, { force: true });
    await rm(`${file}.set`, { force: true });
  }
}

async function headOf(
  { folder, downloader }: PreviewDeps,
  { source, file, signal }: { source: SourceRow; file: string; signal: AbortSignal },
): Promise<Head> {
  if (source.url === null) {
    const bytes = await readHead(folder.uploadFile(source.id));
    if (bytes === null)
      throw conflict('list_not_uploaded', 'No file was uploaded for this list yet. Upload it first.');
    return { bytes, contentType: null, complete: bytes.length < headBytes };
  }
  const wanted = {
    url: source.url,
    into: file,
    etag: null,
    lastModified: null,
    firstBytes: headBytes,
    signal,
  };
  const answer = await downloader.fetch(wanted);
  if (answer.kind === 'unchanged') throw new Error('nothing was known that could be unchanged');
  const bytes = (await readHead(file)) ?? Buffer.alloc(0);
  return { bytes, contentType: answer.contentType, complete: answer.complete };
}

async function readHead(path: string): Promise<Buffer | null> {
  const handle = await open(path).catch(() => null);
  if (handle === null) return null;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** As far as it goes: the end is missing. */
function unpacked(bytes: Buffer): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: unpackedBytes });
  } catch {
    return bytes;
  }
}
