// Stands for what a browser does not have; see `no-node.ts`.
export {};
