/** Servers on loopback that answer as a test says, and downloads from them into a folder of their own. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createRawServer, type Server as RawServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createDownloader, type Downloader, type Fetched, type Wanted } from '../src/platform/download.ts';

export type DownloadOptions = Partial<Parameters<typeof createDownloader>[0]>;

export interface DownloadScene {
  folder: string;
  /** The file to make. */
  into: string;
  /** Answers the port. */
  listening(server: Server | RawServer): Promise<number>;
  /** Answers the URL of a list that is served so. */
  serve(answer: RequestListener): Promise<string>;
  /** Writes these bytes to whoever asks, then does with the connection what `then` says. */
  serveBytes(bytes: string | Buffer, then?: 'end' | 'reset' | 'stay'): Promise<string>;
  downloader(options?: DownloadOptions): Downloader;
  get(url: string, options?: DownloadOptions, wanted?: Partial<Wanted>): Promise<Fetched>;
  close(): Promise<void>;
}

/** Matches an AppError of this code. */
export const refusal = (code: string): unknown => expect.objectContaining({ name: 'AppError', code });

/** Refused with this code, and nothing of it on the disk. */
export async function expectRefusal(
  { folder }: DownloadScene,
  fetched: Promise<Fetched>,
  code: string,
): Promise<void> {
  await expect(fetched).rejects.toEqual(refusal(code));
  expect(await readdir(folder)).toEqual([]);
}

/** Downloads may go to private addresses, and do not pause between tries, unless the options say otherwise. */
export async function openDownloadScene(): Promise<DownloadScene> {
  const folder = await mkdtemp(join(tmpdir(), 'bangui-download-'));
  const into = join(folder, 'list');
  const servers: (Server | RawServer)[] = [];
  const downloaders: Downloader[] = [];
  const scene: DownloadScene = {
    folder,
    into,
    async listening(server) {
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('no port');
      return address.port;
    },
    serve: async (answer) => `http://127.0.0.1:${await scene.listening(createServer(answer))}/list.txt`,
    async serveBytes(bytes, then = 'end') {
      const server = createRawServer((socket) => {
        socket.on('error', () => {});
        socket.once('data', () => {
          socket.write(bytes, () => {
            if (then === 'end') socket.end();
            if (then === 'reset') socket.resetAndDestroy();
          });
        });
      });
      return `http://127.0.0.1:${await scene.listening(server)}/list.txt`;
    },
    downloader(options = {}) {
      const made = createDownloader({
        version: '1.2.3',
        maxBytes: 1_000_000,
        silenceMs: 5_000,
        proxy: null,
        allowPrivate: true,
        sleep: async () => {},
        ...options,
      });
      downloaders.push(made);
      return made;
    },
    get: (url, options = {}, wanted = {}) =>
      scene.downloader(options).fetch({
        url,
        into,
        etag: null,
        lastModified: null,
        signal: AbortSignal.timeout(20_000),
        ...wanted,
      }),
    async close() {
      for (const downloader of downloaders) await downloader.close();
      for (const server of servers) {
        if ('closeAllConnections' in server) server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
      await rm(folder, { recursive: true });
    },
  };
  return scene;
}
