export const plansApi = {}
