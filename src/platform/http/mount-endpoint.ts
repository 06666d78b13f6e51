/** Turns an endpoint and its handler into a route: parse, call, check the answer. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Endpoint, EndpointInput } from '../../base/endpoint.ts';
import { AppError, invalidInput, unauthenticated, type FieldError } from '../../base/errors.ts';
import type { Visit } from './guard.ts';
import type { Mount } from './mount.ts';

interface MountDeps {
  app: FastifyInstance;
  visitOf(request: FastifyRequest): Visit;
}

export function createMount({ app, visitOf }: MountDeps): Mount {
  return (endpoint, handler) => {
    app.route({
      method: endpoint.method,
      url: endpoint.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      config: { access: endpoint.access, bytes: endpoint.bytes === true },
      ...(endpoint.bodyLimit === undefined ? {} : { bodyLimit: endpoint.bodyLimit }),
      schema: describe(endpoint),
      handler: async (request, reply) => {
        const input = { params: request.params, query: request.query, body: request.body ?? undefined };
        assertInput(endpoint, input);
        const { identity, ...origin } = visitOf(request);
        if (endpoint.access === 'session' && identity === null) throw unauthenticated();
        if (endpoint.bytes && !carriesBytes(request)) throw bytesWanted();
        const actor = identity?.actor ?? null;
        const output = await handler(input, { ...origin, actor, correlationId: request.id, request, reply });
        // An export has written its answer itself, whether or not its reader stayed to the end.
        if (reply.sent || reply.raw.headersSent) return reply;
        // A handler may have chosen another status, as health does.
        if (reply.statusCode === 200) reply.code(endpoint.status);
        return endpoint.output === undefined ? reply.send() : reply.send(endpoint.output.parse(output));
      },
    });
  };
}

const carriesBytes = ({ headers }: FastifyRequest): boolean =>
  headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() === 'application/octet-stream';

const bytesWanted = (): AppError =>
  new AppError(415, 'unsupported_media_type', 'Send the file as it is, as application/octet-stream.');

function describe({ summary, tag, params, query, body, output, status }: Endpoint) {
  return {
    summary,
    tags: [tag],
    ...(params && { params }),
    ...(query && { querystring: query }),
    ...(body && { body }),
    ...(output && { response: { [status]: output } }),
  };
}

interface RawInput {
  params: unknown;
  query: unknown;
  body: unknown;
}

/** Replaces the raw input by the parsed one, or throws 422 with every field that is wrong. */
function assertInput<E extends Endpoint>(endpoint: E, input: RawInput): asserts input is EndpointInput<E> {
  const fields: FieldError[] = [];
  const parse = (part: keyof RawInput, schema: z.ZodType | undefined): void => {
    const parsed = schema?.safeParse(input[part]);
    if (parsed?.success === false) fields.push(...parsed.error.issues.map((issue) => toField(part, issue)));
    input[part] = parsed?.data;
  };
  parse('params', endpoint.params);
  parse('query', endpoint.query);
  parse('body', endpoint.body);
  const [first] = fields;
  if (first === undefined) return;
  const more = fields.length > 1 ? ` (and ${fields.length - 1} more)` : '';
  throw invalidInput(`${first.field}: ${first.message}${more}`, fields.slice(0, 100));
}

function toField(part: string, issue: z.core.$ZodIssue): FieldError {
  return {
    field: [part, ...issue.path.map(String)].join('.').slice(0, 200),
    message: issue.message.slice(0, 300),
  };
}
