import { Text } from '@mantine/core'
import { Page } from '@renderer/components/page'
import { EmptyState, ErrorState, LoadingRows } from '@renderer/components/states'
import { queries } from '@renderer/lib/api'
import { plural } from '@renderer/lib/format'
import { useQuery } from '@tanstack/react-query'
import { useSearch } from 'wouter'
import './evaluate.css'
import { EvaluationForm } from './evaluation-form'
import { EvaluationTable } from './evaluation-table'
import { useEvaluations } from './use-evaluations'

/** Any models on any data: ask on the left, what was found on the right. */
export function EvaluatePage() {
  const wanted = new URLSearchParams(useSearch()).get('model')
  const models = useQuery({ ...queries.playground.models.queryOptions({}), staleTime: 0 })
  const sources = useQuery({ ...queries.playground.sources.queryOptions({}), staleTime: 0 })
  const { data: evaluations, error, refetch, progress } = useEvaluations()
  const failed = models.error ?? sources.error
  return (
    <Page
      title="Evaluate"
      subtitle={
        evaluations &&
        evaluations.length > 0 && <Text className="quiet">{plural(evaluations.length, 'evaluation')}</Text>
      }
    >
      {failed ? (
        <ErrorState error={failed} onRetry={() => void Promise.all([models.refetch(), sources.refetch()])} />
      ) : !models.data || !sources.data ? (
        <LoadingRows />
      ) : (
        <div className="evaluate-layout">
          <EvaluationForm key={wanted} models={models.data} sources={sources.data} wanted={wanted} />
          <div style={{ minWidth: 0 }}>
            {error && <ErrorState error={error} onRetry={() => void refetch()} />}
            {evaluations?.length === 0 && (
              <EmptyState
                title="Nothing was evaluated yet"
                text="Choose models and data on the form. Every model answers the same rows, so that two of them can be compared row by row."
              />
            )}
            {evaluations && evaluations.length > 0 && <EvaluationTable evaluations={evaluations} progress={progress} />}
          </div>
        </div>
      )}
    </Page>
  )
}
