export const datasetsApi = {}
