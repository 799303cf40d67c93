declare module '*?worker&url' {
  /** Address of the worker's built script. */
  const url: string;
  export default url;
}
