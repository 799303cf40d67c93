/** Where a rule is written down. The suite tests what a document says, not what one server does. */
export interface Rule {
  readonly document: keyof typeof documents;
  readonly section: string;
}

export const documents = {
  REST: 'Open Inference Protocol, inference_rest.md (github.com/kserve/open-inference-protocol)',
  GRPC: 'Open Inference Protocol, inference_grpc.md (github.com/kserve/open-inference-protocol)',
  V2: 'Predict Protocol Version 2, required_api.md (github.com/kserve/kserve), which the two above grew out of',
  BINARY: 'Binary Tensor Data Extension, extension_binary_data.md (github.com/triton-inference-server/server)',
  CLASS: 'Classification Extension, extension_classification.md (github.com/triton-inference-server/server)',
  REPO: 'Model Repository Extension, extension_model_repository.md (github.com/triton-inference-server/server)',
  'RFC 8259': 'The JavaScript Object Notation (JSON) Data Interchange Format',
  'RFC 9110': 'HTTP Semantics',
  'RFC 9112': 'HTTP/1.1',
  'RFC 3986': 'Uniform Resource Identifier (URI): Generic Syntax',
  STATUS: 'gRPC status codes (grpc.github.io/grpc/core/md_doc_statuscodes.html)',
} as const;

/** A citation. @param section its heading or number in the document */
export function cite(document: Rule['document'], section: string): Rule {
  return { document, section };
}
