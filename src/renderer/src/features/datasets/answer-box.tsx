/** A completion that a person writes, and the verifier's verdict on it. */
import { Stack, Switch, Text, Textarea, TextInput, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { VerdictMark } from '@renderer/components/status'
import { queries } from '@renderer/lib/api'
import { messageOf } from '@renderer/lib/errors'
import type { JudgedRow } from '@shared/contract/datasets'
import type { VerifierConfig } from '@shared/schemas/verifier'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { explain } from './explain'

interface AnswerBoxProps {
  readonly verifier: VerifierConfig
  /** The row that fills the fields at first. */
  readonly example: JudgedRow | null
}

export function AnswerBox({ verifier, example }: AnswerBoxProps) {
  const [typed, setTyped] = useState<string | null>(null)
  const [typedReference, setReference] = useState<string | null>(null)
  const [isTruncated, setTruncated] = useState(false)
  const completion = typed ?? example?.completion ?? ''
  const reference = typedReference ?? example?.reference ?? ''
  const [input] = useDebouncedValue({ verifier, completion, reference, isTruncated }, 200)
  const verdict = useQuery({
    ...queries.datasets.judge.queryOptions({ input }),
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  })
  return (
    <Stack gap="sm">
      <Title order={3}>Try an answer</Title>
      <Textarea
        label="Completion"
        description="As a model might write it"
        autosize
        minRows={3}
        maxRows={8}
        value={completion}
        classNames={{ input: 'mono' }}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <TextInput
        label="Reference answer"
        value={reference}
        classNames={{ input: 'mono' }}
        onChange={(event) => setReference(event.currentTarget.value)}
      />
      <Switch
        label="It was cut off at the token limit"
        checked={isTruncated}
        onChange={(event) => setTruncated(event.currentTarget.checked)}
      />
      <div aria-live="polite">
        {verdict.error && <Text size="sm">{messageOf(verdict.error)}</Text>}
        {verdict.data && !verdict.error && (
          <>
            <VerdictMark status={verdict.data.status} />
            <Text size="sm" className="quiet" style={{ overflowWrap: 'anywhere' }}>
              {explain({ ...verdict.data, reference })}
            </Text>
          </>
        )}
      </div>
    </Stack>
  )
}
