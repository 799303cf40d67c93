/**
 * JSON Schemas of KServe's two resources as far as they are used here, written from the reference of its API
 * (serving.kserve.io v1alpha1 ServingRuntime, v1beta1 InferenceService). No package ships them. They allow nothing
 * that is not listed, so that a mistyped field is found; containers are checked by Kubernetes' own schema.
 */
const text = { type: 'string', minLength: 1 } as const;
const count = { type: 'integer', minimum: 0 } as const;
const metadata = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' } },
  additionalProperties: false,
} as const;
const protocol = { enum: ['v1', 'v2', 'grpc-v1', 'grpc-v2'] } as const;

export const servingRuntime = {
  type: 'object',
  required: ['apiVersion', 'kind', 'metadata', 'spec'],
  additionalProperties: false,
  properties: {
    apiVersion: { const: 'serving.kserve.io/v1alpha1' },
    kind: { const: 'ServingRuntime' },
    metadata,
    spec: {
      type: 'object',
      required: ['containers', 'supportedModelFormats'],
      additionalProperties: false,
      properties: {
        supportedModelFormats: {
          type: 'array',
          minItems: 1,
          items: {
            type: 'object',
            required: ['name'],
            additionalProperties: false,
            properties: {
              name: text,
              version: text,
              autoSelect: { type: 'boolean' },
              priority: { type: 'integer', minimum: 1 },
            },
          },
        },
        protocolVersions: { type: 'array', items: protocol, uniqueItems: true },
        containers: {
          type: 'array',
          minItems: 1,
          contains: { type: 'object', properties: { name: { const: 'kserve-container' } }, required: ['name'] },
        },
      },
    },
  },
} as const;

export const inferenceService = {
  type: 'object',
  required: ['apiVersion', 'kind', 'metadata', 'spec'],
  additionalProperties: false,
  properties: {
    apiVersion: { const: 'serving.kserve.io/v1beta1' },
    kind: { const: 'InferenceService' },
    metadata,
    spec: {
      type: 'object',
      required: ['predictor'],
      additionalProperties: false,
      properties: {
        predictor: {
          type: 'object',
          required: ['model'],
          additionalProperties: false,
          properties: {
            minReplicas: count,
            maxReplicas: count,
            scaleMetric: { enum: ['concurrency', 'rps', 'cpu', 'memory'] },
            scaleTarget: { type: 'integer', minimum: 1 },
            model: {
              type: 'object',
              required: ['modelFormat', 'storageUri'],
              additionalProperties: false,
              properties: {
                modelFormat: {
                  type: 'object',
                  required: ['name'],
                  additionalProperties: false,
                  properties: { name: text, version: text },
                },
                runtime: text,
                protocolVersion: protocol,
                storageUri: { type: 'string', pattern: '^(pvc|s3|gs|https|hf|oci|abfs)://.+' },
              },
            },
          },
        },
      },
    },
  },
} as const;
