/** The prompts that a run follows: the greedy answer to each at one iteration, and the verdicts at all of them. */
import { Box, Group, Slider, Text, Title } from '@mantine/core'
import { ErrorState } from '@renderer/components/states'
import { VerdictMark } from '@renderer/components/status'
import { queries } from '@renderer/lib/api'
import { plural } from '@renderer/lib/format'
import { firstDifference } from '@renderer/lib/text-difference'
import { rowNumber } from '@shared/row-number'
import type { ProbeRecord } from '@shared/schemas/events'
import type { FollowedPrompt } from '@shared/schemas/run'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { VerdictStrip } from './verdict-strip'

const when = (iteration: number) => (iteration === 0 ? 'before training' : `after iteration ${iteration}`)

/** Nothing for a run that follows no prompts, or has no answers yet. */
export function ProbesPanel({ run }: { readonly run: string }) {
  const { data: prompts, error, refetch } = useQuery(queries.runs.probes.queryOptions({ input: { id: run } }))
  const [chosen, choose] = useState<number | null>(null)
  if (error)
    return (
      <section className="panel run-latest">
        <ErrorState error={error} onRetry={() => void refetch()} />
      </section>
    )
  const iterations = [...new Set(prompts?.flatMap(({ verdicts }) => verdicts.map(({ iteration }) => iteration)))]
  const newest = iterations.at(-1)
  if (!prompts || newest === undefined) return null
  const place = chosen === null ? iterations.length - 1 : iterations.indexOf(chosen)
  const shown = iterations[place] ?? newest // a run that was resumed has lost its later ones
  return (
    <section className="panel run-latest" aria-labelledby="probes" style={{ padding: '8px 12px' }}>
      <Group justify="space-between" gap="xs" mb={4}>
        <Title order={2} id="probes" fz="sm">
          Answers to the same {plural(prompts.length, 'prompt')} as the model learns
        </Title>
        <Text size="sm" role="status">
          {when(shown)}
        </Text>
      </Group>
      <Text size="xs" className="quiet">
        Greedy answers. The part that differs from the answer before training is underlined.
      </Text>
      {iterations.length > 1 && (
        <Slider
          my={6}
          size="sm"
          min={0}
          max={iterations.length - 1}
          value={place < 0 ? iterations.length - 1 : place}
          label={(at) => when(iterations[at] ?? 0)}
          thumbLabel="Iteration whose answers are shown"
          onChange={(at) => choose(at === iterations.length - 1 ? null : (iterations[at] ?? null))}
        />
      )}
      <Answers run={run} prompts={prompts} first={iterations[0] ?? 0} shown={shown} onShow={choose} />
    </section>
  )
}

interface AnswersProps {
  readonly run: string
  readonly prompts: readonly FollowedPrompt[]
  /** The earliest iteration, which the others are compared with. */
  readonly first: number
  readonly shown: number
  readonly onShow: (iteration: number) => void
}

function Answers({ run, prompts, first, shown, onShow }: AnswersProps) {
  const answersAt = (iteration: number) => queries.runs.probeAnswers.queryOptions({ input: { id: run, iteration } })
  const { data: before } = useQuery(answersAt(first))
  const { data: answers, error } = useQuery({ ...answersAt(shown), placeholderData: keepPreviousData })
  if (error) return <ErrorState error={error} />
  return (
    <Box component="ul" className="probe-list">
      {prompts.map((prompt) => (
        <li key={prompt.row}>
          <Followed
            prompt={prompt}
            before={before?.find(({ row }) => row === prompt.row)}
            answer={answers?.find(({ row }) => row === prompt.row)}
            shown={shown}
            onShow={onShow}
          />
        </li>
      ))}
    </Box>
  )
}

interface FollowedProps {
  readonly prompt: FollowedPrompt
  readonly before: ProbeRecord | undefined
  readonly answer: ProbeRecord | undefined
  readonly shown: number
  readonly onShow: (iteration: number) => void
}

function Followed({ prompt: { row, prompt, reference, verdicts }, before, answer, shown, onShow }: FollowedProps) {
  const text = answer?.text ?? ''
  const same = before && before.text !== text ? firstDifference(before.text, text) : text.length
  return (
    <Box py={4} style={{ minWidth: 0 }}>
      <Group gap={6} wrap="nowrap">
        <Text size="xs" fw={600} style={{ flexShrink: 0 }}>
          Row {rowNumber(row)}
        </Text>
        <Text size="xs" className="clip mono quiet" title={prompt.trim()}>
          {prompt.trim()}
        </Text>
      </Group>
      <VerdictStrip label={`Row ${rowNumber(row)}`} verdicts={verdicts} shown={shown} onShow={onShow} />
      <Box className="model-text probe-answer" tabIndex={0} role="group" aria-label={`Answer to row ${rowNumber(row)}`}>
        {text.slice(0, same)}
        <u>{text.slice(same)}</u>
      </Box>
      {answer && (
        <Group gap={6} wrap="nowrap">
          <VerdictMark status={answer.status} />
          <Text size="xs" className="quiet clip">
            {answer.extracted === null ? 'no answer found' : `answer ${answer.extracted}`}, reference {reference},{' '}
            {plural(answer.tokens, 'token')}
          </Text>
        </Group>
      )}
    </Box>
  )
}
