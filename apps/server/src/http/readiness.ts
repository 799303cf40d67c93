/** Whether requests are welcome: from the model's first run until the server begins to stop. */
export interface Readiness {
  ready: boolean;
}
