export const playgroundApi = {}
