import { Component, type ReactNode } from 'react';

interface ContainedProps {
  /** What says so if it cannot be shown: "This chat". */
  name: string;
  children: ReactNode;
}

/** What a file brought along may be nothing that can be drawn; then this part says so, and the rest goes on. */
export class Contained extends Component<ContainedProps, { error?: unknown }> {
  static getDerivedStateFromError = (error: unknown) => ({ error });

  override state: { error?: unknown } = {};

  override render(): ReactNode {
    if (!('error' in this.state)) return this.props.children;
    const { error } = this.state;
    return (
      <p className="failure" role="alert">
        {this.props.name} cannot be shown. {error instanceof Error ? error.message : String(error)}
      </p>
    );
  }
}
