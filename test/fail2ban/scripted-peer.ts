/** A peer on a Unix socket that answers as its script says, for faults that a real fail2ban does not produce on demand. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ScriptedPeer {
  path: string;
  /** Whole requests received, without their end marker, as text. */
  requests: string[];
  /** Connections open now, and ever made. */
  open(): number;
  opened(): number;
  close(): Promise<void>;
}

/** Called for each whole request; `number` counts them from 0 over all connections. */
export type Script = (socket: Socket, number: number, request: string) => void;

const marker = '<F2B_END_COMMAND>';

export async function scriptedPeer(script: Script, path?: string): Promise<ScriptedPeer> {
  const folder = await mkdtemp(join(tmpdir(), 'bangui-peer-'));
  const socketPath = path ?? join(folder, 'peer.sock');
  const sockets = new Set<Socket>();
  const requests: string[] = [];
  let opened = 0;
  const server = createServer((socket) => {
    let received = '';
    opened++;
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      for (let end = received.indexOf(marker); end >= 0; end = received.indexOf(marker)) {
        const request = received.slice(0, end);
        received = received.slice(end + marker.length);
        requests.push(request);
        script(socket, requests.length - 1, request);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    path: socketPath,
    requests,
    open: () => sockets.size,
    opened: () => opened,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
