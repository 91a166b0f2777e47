import type { TokenLabel as Label } from '@shared/contract/playground'

interface TokenLabelProps {
  readonly label: Label
  /** How the text is shown, such as with its spaces made visible. */
  readonly shown: (text: string) => string
}

/** A token's text; of a token that is a part of a character its bytes, quieter. */
export function TokenLabel({ label: { text, isBytes }, shown }: TokenLabelProps) {
  if (!isBytes) return shown(text)
  return (
    <span className="token-bytes" title={`a part of a character: byte ${text} of it`}>
      ⟨{text}⟩
    </span>
  )
}
