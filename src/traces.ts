/** Whether traces are sent: by the standard variables of OpenTelemetry, which its exporter reads itself. */
import type { Environment } from './environment.ts';

const endpoints = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'];

export function readTraces(environment: Environment): { wanted: boolean; problems: string[] } {
  const off = environment['OTEL_SDK_DISABLED'] === 'true' || environment['OTEL_TRACES_EXPORTER'] === 'none';
  const given = off ? [] : endpoints.filter((name) => (environment[name] ?? '') !== '');
  const problems = given
    .filter(
      (name) => !/^https?:\/\/[^/]/.test(environment[name] ?? '') || !URL.canParse(environment[name] ?? ''),
    )
    .map((name) => `${name} must be a URL that begins with \`http://\` or \`https://\``);
  return { wanted: given.length > 0, problems };
}
