/** Which columns of a file are unused, and how it was read: every omission is shown. */
import { Text } from '@mantine/core'
import { formatCount } from '@renderer/lib/format'
import type { DatasetDetails } from '@shared/contract/datasets'

/** Number of names shown; the others are counted. */
const SHOWN = 12

function listed(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).map((name) => name || '(no name)')
  return names.length > SHOWN ? `${shown.join(', ')} and ${formatCount(names.length - SHOWN)} more` : shown.join(', ')
}

export function ColumnNotes({ details }: { readonly details: DatasetDetails }) {
  const { item, unused, notes, part, parts } = details
  if (item.problem !== null) return null
  const others = parts.filter((name) => name !== part)
  return (
    <div>
      <Text size="xs" className="quiet" style={{ overflowWrap: 'anywhere' }} title={unused.join(', ')}>
        {unused.length === 0 ? 'Every column is used.' : `Not used: ${listed(unused)}.`}
        {part !== null && ` The part “${part}” is trained on`}
        {part !== null && (others.length > 0 ? `; ${others.join(', ')} is kept apart.` : '.')}
      </Text>
      {notes.length > 0 && (
        <Text size="xs" style={{ overflowWrap: 'anywhere' }} lineClamp={4} title={notes.map(sentence).join(' ')}>
          {notes.map(sentence).join(' ')}
        </Text>
      )}
    </div>
  )
}

const sentence = (note: string) => `${note[0]?.toUpperCase() ?? ''}${note.slice(1)}.`
