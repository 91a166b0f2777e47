export const explorerApi = {}
