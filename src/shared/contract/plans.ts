/** Plans before they are runs: defaults, checks, estimates, previews. */
export const plansContract = {}
