/** Lets others have the processor: an SOS does not wait for a report. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
