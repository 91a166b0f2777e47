/** The verifier of a dataset, tried on its rows while its settings change. */
import { Box, Button, Group, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { LoadingRows } from '@renderer/components/states'
import { VerifierForm } from '@renderer/components/verifier-form'
import { queries } from '@renderer/lib/api'
import { messageOf } from '@renderer/lib/errors'
import type { DatasetItem } from '@shared/contract/datasets'
import type { VerifierConfig } from '@shared/schemas/verifier'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { AnswerBox } from './answer-box'
import { TrialTable } from './trial-table'
import type { DatasetActions } from './use-dataset-actions'

interface VerifierTabProps {
  readonly item: DatasetItem
  readonly actions: DatasetActions
}

const isSame = (a: VerifierConfig, b: VerifierConfig) => JSON.stringify(a) === JSON.stringify(b)

export function VerifierTab({ item, actions }: VerifierTabProps) {
  if (!item.verifier)
    return (
      <Text size="sm" maw={640}>
        This set has no reference answers, so there is nothing to compare a completion with. Map a column to “Answer” to
        judge what the model writes.
      </Text>
    )
  return <Trying item={item} chosen={item.verifier} actions={actions} />
}

function Trying({ item, chosen, actions }: VerifierTabProps & { readonly chosen: VerifierConfig }) {
  const [verifier, setVerifier] = useState(chosen)
  const [settled] = useDebouncedValue(verifier, 250)
  const trial = useQuery({
    ...queries.datasets.tryVerifier.queryOptions({ input: { id: item.id, verifier: settled } }),
    placeholderData: keepPreviousData,
  })
  const isChanged = !isSame(verifier, chosen)
  return (
    <Group align="stretch" gap="lg" wrap="nowrap" h="100%">
      <Stack w={{ base: 270, xl: 340 }} gap="md" style={{ flexShrink: 0, overflow: 'auto' }} pr="xs">
        <VerifierForm value={verifier} onChange={setVerifier} error={trial.error ? messageOf(trial.error) : null} />
        {item.kind === 'file' ? (
          <Group gap="sm">
            <Button
              disabled={!isChanged || trial.error !== null}
              onClick={() => void actions.change(item, { verifier })}
            >
              Use this verifier
            </Button>
            {isChanged && (
              <Button variant="default" onClick={() => setVerifier(chosen)}>
                Back to the saved one
              </Button>
            )}
          </Group>
        ) : (
          <Text size="xs" className="quiet">
            New runs use the verifier that fits this set{isChanged ? '; your change is only tried here' : ''}.
          </Text>
        )}
        <AnswerBox verifier={settled} example={trial.data?.rows[0] ?? null} />
      </Stack>
      <Box style={{ flex: 1, minWidth: 0, minHeight: 0, display: 'flex' }} aria-busy={trial.isFetching}>
        {trial.data && !trial.error && <TrialTable trial={trial.data} />}
        {trial.isPending && <LoadingRows rows={8} />}
        {trial.error && (
          <Text size="sm" role="status">
            Nothing was tried: the verifier’s settings are not valid.
          </Text>
        )}
      </Box>
    </Group>
  )
}
