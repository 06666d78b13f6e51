/** The description of the HTTP interface at `/api/openapi.json`, and a page to read it at `/api/docs`. */
import swagger from '@fastify/swagger';
import { fastify, type FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';

/** Must come before the endpoints are mounted. */
export async function collectEndpoints(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'BanGUI',
        version,
        description:
          'Monitor, manage and configure fail2ban. Errors are RFC 9457 problems with `code` and `correlation_id`. ' +
          'Calls that change something need the header `X-BanGUI-Request: 1` beside the session cookie.',
      },
      components: {
        securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'bangui_session' } },
        responses: { Problem: problemResponse },
      },
    },
    transform: (route) => {
      const { schema, url } = jsonSchemaTransform(route);
      const access = route.route.config?.access;
      if (schema === undefined || schema.hide === true) return { schema, url };
      return { url, schema: { ...schema, ...(access === 'session' && { security: [{ session: [] }] }) } };
    },
    transformObject: (document) => {
      if (!('openapiObject' in document)) return document.swaggerObject;
      for (const path of Object.values(document.openapiObject.paths ?? {})) {
        for (const operation of [path?.get, path?.post, path?.put, path?.patch, path?.delete]) {
          if (operation?.responses)
            operation.responses['default'] = { $ref: '#/components/responses/Problem' };
        }
      }
      return document.openapiObject;
    },
  });
}

const problemResponse = {
  description: 'What went wrong',
  content: {
    'application/problem+json': {
      schema: {
        type: 'object' as const,
        required: ['type', 'title', 'status', 'detail', 'code', 'correlation_id'],
        properties: {
          type: { type: 'string' as const },
          title: { type: 'string' as const },
          status: { type: 'integer' as const },
          detail: { type: 'string' as const },
          code: { type: 'string' as const },
          correlation_id: { type: 'string' as const },
          remedy: { type: 'string' as const },
          steps: {
            description: 'Of a change of the configuration that was not applied: how far it came',
            type: 'array' as const,
            items: { type: 'object' as const },
          },
          findings: {
            description: 'What is wrong with it, by jail, option, file and line',
            type: 'array' as const,
            items: { type: 'object' as const },
          },
          current: {
            description:
              'The file as somebody else has changed it: path, etag, content and encoding; null when it is gone',
            type: 'object' as const,
          },
          commands: {
            description: 'Options that run code as root, by file, line and section',
            type: 'array' as const,
            items: { type: 'object' as const },
          },
          fields: {
            type: 'array' as const,
            items: {
              type: 'object' as const,
              properties: { field: { type: 'string' as const }, message: { type: 'string' as const } },
            },
          },
        },
      },
    },
  },
};

/** The reader's own style element needs `unsafe-inline`; scripts stay files of ours. */
const readerPolicy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
  "object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

const readerOptions = {
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  // These send what is on the page to a service of the reader's makers.
  agent: { disabled: true },
  mcp: { disabled: true },
};

const readerPage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>BanGUI HTTP interface</title>
  </head>
  <body>
    <script id="api-reference" data-url="/api/openapi.json"
      data-configuration="${JSON.stringify(readerOptions).replaceAll('"', '&quot;')}"></script>
    <script src="/api/docs/reader.js"></script>
  </body>
</html>
`;

export function addApiPages(app: FastifyInstance): void {
  app.get('/api/openapi.json', { schema: { hide: true } }, () => app.swagger());
  app.get('/api/docs', { schema: { hide: true } }, (_request, reply) =>
    reply.header('content-security-policy', readerPolicy).type('text/html; charset=utf-8').send(readerPage),
  );
  app.get('/api/docs/reader.js', { schema: { hide: true } }, async (_request, reply) =>
    reply
      .type('text/javascript; charset=utf-8')
      .header('cache-control', 'no-cache')
      .send(await loadReader()),
  );
}

/**
 * The reader's script, 4 MB. Its package keeps it inside a module that only a Fastify plugin gives out, so one is made
 * for the purpose when somebody asks, and not at start.
 */
async function loadReader(): Promise<string> {
  const { default: reader } = await import('@scalar/fastify-api-reference');
  const shelf = fastify();
  await shelf.register(reader, { routePrefix: '/reader', configuration: { url: '/api/openapi.json' } });
  const { payload } = await shelf.inject('/reader/js/scalar.js');
  await shelf.close();
  return payload;
}
