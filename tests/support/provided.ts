/** Values from the global set-up for the tests of the built program. */
declare module 'vitest' {
  interface ProvidedContext {
    /** `headless.cjs`, just built. */
    readonly program: string
    /** A folder with a random model in it. */
    readonly model: string
  }
}

export {}
