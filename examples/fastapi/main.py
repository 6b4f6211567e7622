"""A tasks API for the users of a Better Auth server.

    uvicorn main:app --port 8000

BETTER_AUTH_URL       the auth server's public address (http://localhost:3000)
BETTER_AUTH_JWKS_URL  where its keys are ($BETTER_AUTH_URL/api/auth/jwks)
ALLOWED_ORIGINS       pages that may call, with commas ($BETTER_AUTH_URL)
"""

import os
from typing import Dict, List, Optional
from urllib.parse import urlsplit
from uuid import uuid4

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from pydantic import BaseModel, constr

from tokens import InvalidToken, Keys, KeysUnavailable, Verifier

BASE_URL = os.environ.get("BETTER_AUTH_URL", "http://localhost:3000").rstrip("/")
ORIGIN = "{0.scheme}://{0.netloc}".format(urlsplit(BASE_URL))
JWKS_URL = os.environ.get("BETTER_AUTH_JWKS_URL") or ORIGIN + "/api/auth/jwks"
ORIGINS = [o.strip() for o in os.environ.get("ALLOWED_ORIGINS", ORIGIN).split(",")]

verifier = Verifier(Keys(JWKS_URL), issuer=ORIGIN)
app = FastAPI(title="Tasks")
app.add_middleware(
    CORSMiddleware,
    allow_origins=ORIGINS,
    allow_methods=["GET", "POST", "PATCH", "DELETE"],
    allow_headers=["Authorization", "Content-Type"],
    max_age=600,
)


def refusal(status, error, text, headers=None):
    return JSONResponse({"error": error, "error_description": text}, status, headers)


@app.exception_handler(InvalidToken)
async def invalid_token(_: Request, error: InvalidToken):
    challenge = f'Bearer error="invalid_token", error_description="{error}"'
    return refusal(401, "invalid_token", str(error), {"WWW-Authenticate": challenge})


@app.exception_handler(KeysUnavailable)
async def keys_unavailable(_: Request, __: KeysUnavailable):
    return refusal(503, "temporarily_unavailable", "the token can't be checked at the moment", {"Retry-After": "5"})


@app.exception_handler(RequestValidationError)
async def bad_request(_: Request, __: RequestValidationError):
    return refusal(400, "invalid_request", "a task needs a title of 1 to 200 characters")


@app.exception_handler(HTTPException)
async def http_error(_: Request, error: HTTPException):
    return refusal(error.status_code, "forbidden" if error.status_code == 403 else "not_found", error.detail)


async def owner(user_id: str, request: Request) -> str:
    """The user of the path, who must be the one that the token is about."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise InvalidToken("a bearer token is required")
    claims = await verifier.claims(token.strip())
    if claims["sub"] != user_id:
        raise HTTPException(403, "these tasks are another user's")
    return user_id


Title = constr(strip_whitespace=True, min_length=1, max_length=200)


class NewTask(BaseModel):
    title: Title


class Change(BaseModel):
    title: Optional[Title] = None
    done: Optional[bool] = None


class Task(BaseModel):
    id: str
    title: str
    done: bool = False


# The example keeps the tasks in memory; in a real program, use a table with a user_id column.
tasks: Dict[str, Dict[str, Task]] = {}


def find(user: str, task_id: str) -> Task:
    task = tasks.get(user, {}).get(task_id)
    if task is None:
        raise HTTPException(404, "there is no such task")
    return task


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.get("/api/{user_id}/tasks", response_model=List[Task])
async def list_tasks(user: str = Depends(owner)):
    return list(tasks.get(user, {}).values())


@app.post("/api/{user_id}/tasks", response_model=Task, status_code=201)
async def add_task(new: NewTask, user: str = Depends(owner)):
    task = Task(id=str(uuid4()), title=new.title)
    tasks.setdefault(user, {})[task.id] = task
    return task


@app.patch("/api/{user_id}/tasks/{task_id}", response_model=Task)
async def change_task(task_id: str, change: Change, user: str = Depends(owner)):
    task = find(user, task_id)
    for name, value in change.dict(exclude_none=True).items():
        setattr(task, name, value)
    return task


@app.delete("/api/{user_id}/tasks/{task_id}", status_code=204)
async def delete_task(task_id: str, user: str = Depends(owner)):
    find(user, task_id)
    del tasks[user][task_id]
    return Response(status_code=204)
