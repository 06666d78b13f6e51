/** Serves the built pages: files with a hash in their name for ever, the page itself fresh, unknown paths as the page. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import files from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { notFound } from '../../base/errors.ts';
import { sendProblem } from './problem.ts';

/** `folder` may be missing: then the API works and pages answer with a sentence. */
export async function addPages(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(files, {
    root: folder,
    preCompressed: true,
    cacheControl: false,
    index: ['index.html'],
    setHeaders: (reply, path) => void reply.header('cache-control', cachingOf(path)),
    suppressWarning: true,
  });
  app.setNotFoundHandler((request, reply) => {
    if (!isNavigation(request))
      return sendProblem(reply, notFound('There is nothing at this address.'), request.id);
    if (existsSync(join(folder, 'index.html'))) return reply.sendFile('index.html');
    return sendProblem(reply, notFound('The pages are not built yet: run `npm run build`.'), request.id);
  });
}

function cachingOf(path: string): string {
  return path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
}

/** A person opening a page, as against a script asking for a file that is not there. */
function isNavigation({ method, url, headers }: FastifyRequest): boolean {
  const path = url.split('?', 1)[0] ?? '';
  if (method !== 'GET' && method !== 'HEAD') return false;
  if (/^\/(?:api|assets)(?:\/|$)/.test(path)) return false;
  return (headers.accept ?? '').includes('text/html') && basename(path) !== 'favicon.ico';
}
