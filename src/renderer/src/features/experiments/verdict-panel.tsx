import { Group, Text, Title } from '@mantine/core'
import type { Finding, StudyResults, Verdict } from '@shared/study/results'
import { type Icon, IconArrowDownRight, IconArrowUpRight, IconEqual, IconHelp } from '@tabler/icons-react'

const LOOKS: Readonly<Record<Finding, readonly [icon: Icon, color: string]>> = {
  better: [IconArrowUpRight, 'var(--helped)'],
  worse: [IconArrowDownRight, 'var(--hurt)'],
  undecided: [IconEqual, 'var(--quiet)'],
  unknown: [IconHelp, 'var(--quiet)'],
}

/** Verdicts as a list; the sentence says everything, icon and colour repeat it. */
export function Verdicts({ verdicts, size = 'sm' }: { readonly verdicts: readonly Verdict[]; readonly size?: string }) {
  return (
    <ul className="experiments-verdicts">
      {verdicts.map(({ arm, finding, sentence }) => {
        const [FindingIcon, color] = LOOKS[finding]
        return (
          <li key={arm}>
            <Group gap={6} wrap="nowrap" align="flex-start">
              <FindingIcon size={18} color={color} aria-hidden style={{ flexShrink: 0, marginTop: 1 }} />
              <Text size={size} className="experiments-wrap">
                {sentence}
              </Text>
            </Group>
          </li>
        )
      })}
    </ul>
  )
}

/** What was found at the measure that was fixed before the start. */
export function VerdictPanel({ results, isDone }: { readonly results: StudyResults; readonly isDone: boolean }) {
  const { overall, tasks, notes } = results
  const verdicts = (overall ?? tasks[0])?.verdicts.filter(({ basis }) => basis === 'measure') ?? []
  const isEmpty = verdicts.every(({ finding }) => finding === 'unknown')
  return (
    <section className="panel experiments-panel" aria-labelledby="verdict">
      <Title order={2} id="verdict" mb={6}>
        {isDone ? 'Verdict' : 'Verdict so far'}
        {overall && ', over all tasks'}
      </Title>
      {isEmpty ? (
        <Text className="quiet">
          {isDone
            ? 'The arms cannot be compared: no seed has finished with both an arm and the base.'
            : 'Nothing can be compared yet: the first verdict comes when an arm and the base have finished the same seed.'}
        </Text>
      ) : (
        <Verdicts verdicts={verdicts} size="md" />
      )}
      {notes.map((note) => (
        <Text key={note} size="sm" className="quiet experiments-wrap" mt={4}>
          {note}
        </Text>
      ))}
      {!isDone && !isEmpty && (
        <Text size="sm" className="quiet" mt={6}>
          It can change until the experiment is done.
        </Text>
      )}
    </section>
  )
}
