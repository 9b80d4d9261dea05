"""The answer to an upload, sent as it is made."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from functools import partial
from time import monotonic

from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from cinecote_api.csv_batch.upload import Upload
from cinecote_api.predictions.batch_workers import BatchWorkers
from cinecote_api.server.patience import LEAST_BYTES_A_SECOND, SECONDS_TO_TAKE


class UploadAnswer(StreamingResponse):
    """Sends `parts`, each made by a worker when the one before has been taken, then closes the upload.

    A client that leaves, takes nothing for half a minute, or takes little for long, ends the work: the place of an
    upload would otherwise be theirs for hours.
    """

    def __init__(
        self, upload: Upload, parts: Iterator[bytes], workers: BatchWorkers, media_type: str, headers: Mapping[str, str]
    ) -> None:
        super().__init__(_made(parts, workers), headers=headers, media_type=media_type)
        self._upload = upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        waited, earned = 0.0, SECONDS_TO_TAKE

        async def patiently(message: Message) -> None:
            nonlocal waited, earned
            began = monotonic()
            try:
                async with asyncio.timeout(min(SECONDS_TO_TAKE, earned - waited)):
                    await send(message)
            except TimeoutError:
                raise ClientDisconnect from None
            waited += monotonic() - began
            earned += len(message.get("body", b"")) / LEAST_BYTES_A_SECOND

        try:
            await super().__call__(scope, receive, patiently)
        finally:
            self._upload.close()


async def _made(parts: Iterator[bytes], workers: BatchWorkers) -> AsyncIterator[bytes]:
    while (part := await workers.run_step(partial(next, parts, b""))) != b"":
        yield part
