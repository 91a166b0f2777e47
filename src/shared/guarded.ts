/**
 * A listener or a timer's callback that cannot end the process: nobody would catch what it throws, so that is reported, and the program goes on.
 * A promise that it returns is followed too.
 */
export function guarded<Args extends readonly unknown[]>(
  onBug: (error: unknown) => void,
  work: (...args: Args) => unknown,
): (...args: Args) => void {
  return (...args) => {
    try {
      const result = work(...args)
      if (result instanceof Promise) result.catch(onBug)
    } catch (error) {
      onBug(error)
    }
  }
}
