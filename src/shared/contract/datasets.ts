/** Datasets: recognised, mapped, tried. */
export const datasetsContract = {}
