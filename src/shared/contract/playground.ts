/** One prompt, one or two models, streaming. */
export const playgroundContract = {}
