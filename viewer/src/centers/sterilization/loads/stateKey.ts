/** The word for the state of a load: a test run that has ended waits for nobody's release. */
export const stateKey = (load: { state: string; purpose?: string | null | undefined }): string =>
  load.state === 'ended' && load.purpose && load.purpose !== 'production'
    ? 'loadState.done'
    : `loadState.${load.state}`;
