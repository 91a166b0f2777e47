/** What follows it are the command's arguments. Chromium takes nothing after `--` for one of its own switches. */
const SWITCH = ['--gpo', '--']

/** @param argv of the process; @returns null where the window is asked for */
export function commandArguments(argv: readonly string[]): readonly string[] | null {
  const at = argv.indexOf('--')
  return at > 0 && argv.slice(at - 1, at + 1).join(' ') === SWITCH.join(' ') ? argv.slice(at + 1) : null
}
