/** Names and sizes of models on the screen. */

/** 780 k, 135 M, 7.24 B. */
export function formatParameters(count: number): string {
  const units = ['', ' k', ' M', ' B', ' T']
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3))
  const value = count / 1000 ** step
  return `${value.toLocaleString('en-US', { maximumSignificantDigits: 3 })}${units[step]}`
}

/** Shortens LlamaForCausalLM to Llama. */
export const shortArchitecture = (name: string | null): string => name?.replace(/ForCausalLM$/, '') ?? 'not given'
