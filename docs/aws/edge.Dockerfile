# The proxy with its configuration, for task-definitions/edge.json and environment.yaml:
#
#   docker build --build-arg SWITCHYARD=switchyard:v20240101-abc1234 -f docs/aws/edge.Dockerfile \
#     -t $ECR_REGISTRY/switchyard-edge:v20240101-abc1234 docs/aws
#
# For the sidecar the same with CONFIG=sidecar.yaml.
ARG SWITCHYARD=switchyard:dev
FROM ${SWITCHYARD}
ARG CONFIG=edge.yaml
USER 0:0
# Owner and mode of a volume's folder are taken over by ECS, so the container `keys` may write there.
RUN install --directory --owner 10001 --group 10001 --mode 0700 /run/switchyard
COPY --chmod=0444 ${CONFIG} /etc/switchyard/switchyard.yaml
VOLUME /run/switchyard
USER 10001:10001
