import { Anchor, Tooltip } from '@mantine/core'
import { type WordId, wordOf } from '@shared/help/words'
import type { ReactNode } from 'react'
import { partsOf } from './math-text'

interface TermProps {
  readonly id: WordId
  /** As it stands in the sentence; absent: the word itself. */
  readonly children?: ReactNode
}

/** A word with its meaning: shown on hover and focus, and opened on the help page by a click. */
export function Term({ id, children }: TermProps) {
  const { word, meaning } = wordOf(id)
  // A tooltip has no formulas: they are read as they are written.
  const text = partsOf(meaning)
    .map((part) => part.text)
    .join('')
  return (
    <Tooltip label={text} multiline maw={320} events={{ hover: true, focus: true, touch: true }} openDelay={300}>
      <Anchor href={`#/help/${id}`} inherit className="term">
        {children ?? word.toLowerCase()}
      </Anchor>
    </Tooltip>
  )
}
