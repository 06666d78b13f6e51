/** A maker of lists on loopback, as fast, as slow and as broken as a test wants it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

interface ListServer {
  url: string;
  /** What is answered from now on. */
  serve(answer: Answer): void;
  close(): Promise<void>;
}

export async function startListServer(): Promise<ListServer> {
  let answer: Answer = text('');
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/list.txt`,
    serve: (next) => void (answer = next),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Serves this text, with an ETag when one is given. */
export function text(
  body: string,
  { etag, type = 'text/plain' }: { etag?: string; type?: string } = {},
): Answer {
  return (request, response) => {
    const headers = { 'content-type': type, ...(etag === undefined ? {} : { etag }) };
    const known = etag !== undefined && request.headers['if-none-match'] === etag;
    response.writeHead(known ? 304 : 200, headers).end(known ? undefined : body);
  };
}

/** Sends a part of a list, and the rest when it is let go. */
export function slowText(
  first: string,
  rest: string,
): { answer: Answer; began: Promise<void>; letGo(): void } {
  let [letGo, begin] = [(): void => {}, (): void => {}];
  const began = new Promise<void>((resolve) => (begin = resolve));
  const answer: Answer = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.write(first);
    letGo = () => void response.end(rest);
    begin();
  };
  return { answer, began, letGo: () => letGo() };
}

/** `count` single addresses that do not touch, one a line, from 20.0.0.1 on. */
export const lines = (count: number, from = 0): string =>
  Array.from({ length: count }, (_, place) => {
    const n = (from + place) * 2 + 1;
    return `${20 + (n >> 24)}.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}\n`;
  }).join('');
