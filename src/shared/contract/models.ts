/** Models: bundled, from disk, from runs. */
export const modelsContract = {}
