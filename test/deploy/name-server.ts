/** A name server that knows one name: what Docker and Kubernetes give nginx to find the backend by. */
import { createSocket } from 'node:dgram';

export interface NameServer {
  /** Address to ask, on port 53. */
  address: string;
  stop(): Promise<void>;
}

/** Answers 127.0.0.1 for `name`, and that nothing else exists. Needs root, for the port; the address is nobody else's. */
export async function startNameServer(name: string): Promise<NameServer> {
  const address = '127.0.83.53';
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const words: string[] = [];
    let at = 12;
    for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
      words.push(query.toString('latin1', at + 1, at + 1 + length));
      at += 1 + length;
    }
    const known = words.join('.') === name;
    const isV4 = query.readUInt16BE(at + 1) === 1;
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(known ? 0x8180 : 0x8183, 2);
    head.writeUInt16BE(known && isV4 ? 1 : 0, 6);
    head.fill(0, 8);
    const question = query.subarray(12, at + 5);
    // a pointer to the question's name, A, IN, one second, four bytes
    const found = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 127, 0, 0, 1]);
    socket.send(
      Buffer.concat([head, question, known && isV4 ? found : Buffer.alloc(0)]),
      from.port,
      from.address,
    );
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(53, address, resolve);
  });
  return { address, stop: () => new Promise((resolve) => socket.close(() => resolve())) };
}
