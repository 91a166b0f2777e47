export const exportsApi = {}
