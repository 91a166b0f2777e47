export const modelsApi = {}
