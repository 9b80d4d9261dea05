"""The answer to an upload, sent as it is made."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from functools import partial

from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from cinecote_api.csv_batch.upload import Upload
from cinecote_api.predictions.batch_workers import BatchWorkers

_SECONDS_TO_TAKE = 30.0


class UploadAnswer(StreamingResponse):
    """Sends `parts`, each made by a worker when the one before has been taken, then closes the upload.

    A client that leaves, or takes nothing for half a minute, ends the work.
    """

    def __init__(
        self, upload: Upload, parts: Iterator[bytes], workers: BatchWorkers, media_type: str, headers: Mapping[str, str]
    ) -> None:
        super().__init__(_made(parts, workers), headers=headers, media_type=media_type)
        self._upload = upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def patiently(message: Message) -> None:
            try:
                async with asyncio.timeout(_SECONDS_TO_TAKE):
                    await send(message)
            except TimeoutError:
                raise ClientDisconnect from None

        try:
            await super().__call__(scope, receive, patiently)
        finally:
            self._upload.close()


async def _made(parts: Iterator[bytes], workers: BatchWorkers) -> AsyncIterator[bytes]:
    while (part := await workers.run_step(partial(next, parts, b""))) != b"":
        yield part
