import { Group, Text, Title } from '@mantine/core'
import { VerdictMark } from '@renderer/components/status'
import { formatCount } from '@renderer/lib/format'
import { rowNumber } from '@shared/row-number'
import type { EvaluatedRow } from '@shared/schemas/evaluation'

/** The prompt of a row and the answer it should get. */
export function Question({ row }: { readonly row: EvaluatedRow }) {
  return (
    <section className="panel evaluate-answer" aria-label="Question" style={{ marginBottom: 12 }}>
      <Group justify="space-between" gap="sm" mb={4}>
        <Title order={2}>Row {formatCount(rowNumber(row.row))}</Title>
        <Text size="sm" className="evaluate-wrap">
          <span className="quiet">reference </span>
          <span className="mono">{lastLine(row.reference)}</span>
        </Text>
      </Group>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keyboard */}
      <section className="model-text evaluate-question" aria-label="Prompt" tabIndex={0}>
        {row.prompt}
      </section>
    </section>
  )
}

/** A worked solution is the reference where every line is verified; its last line is the answer. */
const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? ''

interface AnswerProps {
  readonly name: string
  readonly row: EvaluatedRow
  /** Samples per row; 0: none were taken. */
  readonly samples: number
  /** Where the text begins to differ from the other answer; null: nowhere, or there is no other. */
  readonly differsFrom: number | null
}

/** The greedy answer of one model, and what its samples said. */
export function Answer({ name, row, samples, differsFrom }: AnswerProps) {
  const { completion, status, extracted, tokens, sampled } = row
  const at = differsFrom ?? completion.length
  return (
    <section className="panel evaluate-answer" aria-label={`Answer of ${name}`}>
      <Text size="sm" fw={600} className="evaluate-wrap">
        {name}
      </Text>
      <Group gap="sm" mb={6}>
        <VerdictMark status={status} />
        {extracted !== null && (
          <Text size="sm" className="evaluate-wrap">
            answer <span className="mono">{extracted}</span>
          </Text>
        )}
        <Text size="xs" className="quiet">
          {formatCount(tokens)} tokens
        </Text>
      </Group>
      <div className="model-text">
        {completion.slice(0, at)}
        {at < completion.length && <mark className="evaluate-differs">{completion.slice(at)}</mark>}
        {completion === '' && <span className="quiet">(empty)</span>}
      </div>
      {sampled && (
        <Text size="xs" className="quiet evaluate-wrap" mt={6}>
          {sampled.correct} of {samples} samples right
          {sampled.majority !== null && `; most frequent answer ${sampled.majority}`}
          {sampled.majority !== null && (sampled.isMajorityCorrect ? ', which is right' : ', which is not right')}
        </Text>
      )}
    </section>
  )
}
