/** Trajectories of a run: values, critical steps, what was sampled from them. */
export const explorerContract = {}
