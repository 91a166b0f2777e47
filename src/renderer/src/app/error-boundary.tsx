import { ErrorState } from '@renderer/components/states'
import { Component, type ReactNode } from 'react'

interface Props {
  readonly children: ReactNode
}

/** A page that broke says so in place; the others go on working. */
export class ErrorBoundary extends Component<Props, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: null }

  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override render(): ReactNode {
    const { error } = this.state
    if (error === null) return this.props.children
    return <ErrorState error={error} onRetry={() => this.setState({ error: null })} />
  }
}
