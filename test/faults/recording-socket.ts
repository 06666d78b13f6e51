/** A socket between BanGUI and fail2ban that lets everything through and remembers what was sent. */
import { connect, createServer, type Socket } from 'node:net';
import { rm } from 'node:fs/promises';

export interface RecordingSocket {
  path: string;
  /** All bytes clients sent so far, as latin-1 text. */
  sent(): string;
  forget(): void;
  /** Connections open now. */
  open(): number;
  close(): Promise<void>;
}

export async function recordingSocket(path: string, target: string): Promise<RecordingSocket> {
  let chunks: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const daemon = connect(target);
    sockets.add(client).add(daemon);
    client.on('data', (chunk) => chunks.push(chunk));
    client.pipe(daemon).pipe(client);
    for (const [one, other] of [
      [client, daemon],
      [daemon, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    path,
    sent: () => Buffer.concat(chunks).toString('latin1'),
    forget: () => void (chunks = []),
    open: () => sockets.size / 2,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(path, { force: true });
    },
  };
}
