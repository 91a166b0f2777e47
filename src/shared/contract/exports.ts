/** What leaves the program, and run bundles that come in. */
export const exportsContract = {}
